import type { UserProfile } from '@/api/types';

export interface Site {
  laptop: boolean;
  documentationUrl: string | null;
  supportChatUrl: string | null;
  supportContact: string | null;
  /** Seconds between two looks at the inbox; null where there is none. */
  inboxEvery: number | null;
}

function inboxEvery(notifications: unknown): number | null {
  if (typeof notifications !== 'object' || notifications === null) return null;
  const { enabled, request_interval: every } = notifications as Record<string, unknown>;
  return enabled === true && typeof every === 'number' ? every : null;
}

/** ConsoleMe's `site_config` is an open document; this is what the page reads of it. */
export function siteOf({ site_config: site }: UserProfile): Site {
  const text = (key: string) => {
    const value = site[key];
    return typeof value === 'string' && value.trim() !== '' ? value : null;
  };
  return {
    laptop: site['laptop'] === true,
    documentationUrl: text('documentation_url'),
    supportChatUrl: text('support_chat_url'),
    supportContact: text('support_contact'),
    inboxEvery: inboxEvery(site['notifications']),
  };
}

/** Whether the service offers a page to this person; the service itself decides about each call. */
export function isPageEnabled({ pages }: UserProfile, page: string): boolean {
  const found: unknown = pages[page];
  return typeof found === 'object' && found !== null && 'enabled' in found && found.enabled === true;
}

export function isAdministrator({ authorization }: UserProfile): boolean {
  return authorization['can_admin'] === true;
}

/** Administrators, and who holds the permission for it. */
export function mayOperate(profile: UserProfile): boolean {
  return isAdministrator(profile) || profile.authorization['can_operate'] === true;
}

/** Somewhere at least; the service decides about each account. */
export function mayCreateRoles(profile: UserProfile): boolean {
  return profile.authorization['can_create_roles'] === true;
}

export function mayDeletePrincipals(profile: UserProfile): boolean {
  return profile.authorization['can_delete_iam_principals'] === true;
}
