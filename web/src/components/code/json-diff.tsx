import { json } from '@codemirror/lang-json';
import { CodeDiff, type CodeDiffProps } from '@/components/code/code-diff';

const LANGUAGE = json();

export function JsonDiff(props: Omit<CodeDiffProps, 'language'>) {
  return <CodeDiff {...props} language={LANGUAGE} />;
}
