import { yaml } from '@codemirror/lang-yaml';
import { CodeDiff, type CodeDiffProps } from '@/components/code/code-diff';

const LANGUAGE = yaml();

export function YamlDiff(props: Omit<CodeDiffProps, 'language'>) {
  return <CodeDiff {...props} language={LANGUAGE} />;
}
