import { useMutation } from '@tanstack/react-query';
import type { Asked } from '@/api/types';
import { answerOf, api } from '@/lib/api';

export type NewRole = Asked<'/api/v2/roles', 'post'>;
export type Clone = Asked<'/api/v2/clone/role', 'post'>;
export type Making = { kind: 'new'; body: NewRole } | { kind: 'clone'; body: Clone };

/** The same key is the same role, however often it is sent. */
export function useMakeRole() {
  return useMutation({
    mutationFn: ({ making, key }: { making: Making; key: string }) => {
      const headers = { 'Idempotency-Key': key };
      return making.kind === 'new'
        ? answerOf(() => api.POST('/api/v2/roles', { body: making.body, headers }))
        : answerOf(() => api.POST('/api/v2/clone/role', { body: making.body, headers }));
    },
    meta: { handled: true },
  });
}
