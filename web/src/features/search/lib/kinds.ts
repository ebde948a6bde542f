/** Kinds of resources that have a choice of their own; every other one is found by its type. */
export const KINDS = [
  { value: '', label: 'All types' },
  { value: 'AWS::IAM::Role', label: 'Roles' },
  { value: 'AWS::IAM::User', label: 'Users' },
  { value: 'AWS::IAM::Group', label: 'Groups' },
  { value: 'managed_policy', label: 'Managed policies' },
  { value: 'AWS::S3::Bucket', label: 'Buckets' },
  { value: 'AWS::SQS::Queue', label: 'Queues' },
  { value: 'AWS::SNS::Topic', label: 'Topics' },
] as const;

const NAMES: Readonly<Record<string, string>> = {
  'AWS::IAM::Role': 'Role',
  'AWS::IAM::User': 'User',
  'AWS::IAM::Group': 'Group',
  managed_policy: 'Managed policy',
  'AWS::S3::Bucket': 'Bucket',
  'AWS::SQS::Queue': 'Queue',
  'AWS::SNS::Topic': 'Topic',
};

/** "Bucket"; of types without a name of ours AWS's own, without its first word. */
export function kindName(technology: string): string {
  return NAMES[technology] ?? technology.replace(/^AWS::/u, '').replace('::', ' ');
}
