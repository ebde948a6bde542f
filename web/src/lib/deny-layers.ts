import type { Deny } from '@/api/types';

const NAMES: Record<Deny['layer'], string> = {
  identity_policy: 'Identity policy',
  permissions_boundary: 'Permissions boundary',
  session_policy: 'Session policy',
  service_control_policy: 'Service control policy',
  resource_control_policy: 'Resource control policy',
  resource_policy: 'Resource policy',
  trust_policy: 'Trust policy',
  vpc_endpoint_policy: 'VPC endpoint policy',
  unknown: 'AWS does not say',
};

export function layerName({ layer, explicit }: Pick<Deny, 'layer' | 'explicit'>): string {
  return explicit === true ? `${NAMES[layer]}: explicit deny` : NAMES[layer];
}
