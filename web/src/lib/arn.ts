export interface Arn {
  partition: string;
  service: string;
  region: string;
  account: string;
  resource: string;
  /** The last step of the resource's path. */
  name: string;
}

/** Any partition, any path: `arn:aws-us-gov:iam::111122223333:role/team/app` is as good as the plain one. */
export function parseArn(text: string): Arn | null {
  const match = /^arn:([\w-]+):([\w-]*):([\w-]*):(\d{0,12}|aws):(.+)$/.exec(text);
  if (match === null) return null;
  const [, partition = '', service = '', region = '', account = '', resource = ''] = match;
  return { partition, service, region, account, resource, name: resource.split('/').at(-1) ?? resource };
}

export function isRoleArn(text: string): boolean {
  return /^arn:aws[\w-]*:iam::\d{12}:role\/[\w+=,.@/-]+$/.test(text);
}

/** The last step of an ARN's path; what is no ARN stands for itself. */
export function nameOf(arn: string): string {
  return parseArn(arn)?.name ?? arn;
}
