import { lazy } from 'react';
import { DiffView } from '@/components/diff-view';

const YamlDiff = lazy(async () => ({ default: (await import('@/components/code/yaml-diff')).YamlDiff }));

interface Props {
  title: string;
  before: string;
  after: string;
  beforeLabel: string;
  afterLabel: string;
}

export function YamlDiffView(props: Props) {
  return <DiffView {...props} draw={(shown) => <YamlDiff {...shown} />} />;
}
