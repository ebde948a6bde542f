import type { Credentials } from '@/api/types';

export type CredentialFormat = 'bash' | 'powershell' | 'profile';

export const FORMATS: readonly { id: CredentialFormat; text: string; hint: string; where: string }[] = [
  { id: 'bash', text: 'bash, zsh', hint: 'export lines', where: 'Paste them into a bash or zsh.' },
  { id: 'powershell', text: 'PowerShell', hint: '$Env: lines', where: 'Paste them into a PowerShell.' },
  {
    id: 'profile',
    text: 'Credentials file',
    hint: 'a profile for ~/.aws/credentials',
    where: 'Paste the profile into ~/.aws/credentials.',
  },
];

function bashQuoted(value: string): string {
  return `'${value.replaceAll("'", `'\\''`)}'`;
}

function powershellQuoted(value: string): string {
  return `'${value.replaceAll("'", "''")}'`;
}

const VARIABLES: readonly [string, 'AccessKeyId' | 'SecretAccessKey' | 'SessionToken'][] = [
  ['AWS_ACCESS_KEY_ID', 'AccessKeyId'],
  ['AWS_SECRET_ACCESS_KEY', 'SecretAccessKey'],
  ['AWS_SESSION_TOKEN', 'SessionToken'],
];

function lines(line: (variable: string, value: string) => string, credentials: Credentials): string {
  return VARIABLES.map(([variable, key]) => `${line(variable, credentials[key])}\n`).join('');
}

export function formatCredentials(format: CredentialFormat, credentials: Credentials, profile: string): string {
  switch (format) {
    case 'bash':
      return lines((variable, value) => `export ${variable}=${bashQuoted(value)}`, credentials);
    case 'powershell':
      return lines((variable, value) => `$Env:${variable} = ${powershellQuoted(value)}`, credentials);
    case 'profile':
      return `[${profile}]\n${lines((variable, value) => `${variable.toLowerCase()} = ${value}`, credentials)}`;
  }
}

/** Account and role as one word that every tool takes for a profile's name. */
export function profileName(account: string, role: string): string {
  return `${account}-${role}`
    .toLowerCase()
    .replace(/[^a-z0-9.-]+/g, '-')
    .replace(/^-+|-+$/g, '');
}

/** Holds no secret: the command fetches fresh keys whenever a tool asks. */
export function configProfile(profile: string, arn: string): string {
  return `[profile ${profile}]\ncredential_process = weep credential_process ${arn}\n`;
}
