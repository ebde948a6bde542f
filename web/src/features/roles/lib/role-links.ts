import { decodeMessage } from '@/lib/link-text';

const FIELDS = ['arn', 'account_name', 'account_id', 'role_name'];
const PASSED_ON = ['r', 'redirect', 'read_only'];

export interface RoleLink {
  /** What the search begins with. */
  text: string;
  warning: string | null;
  /** What the console shall be opened with, which survives the choice among several roles. */
  passedOn: string;
}

/** Links like `/?arn=…&warningMessage=…` come from wikis, chats and the console sign-in page. */
export function readRoleLink(params: URLSearchParams): RoleLink {
  const words = [params.get('q'), ...FIELDS.map((field) => params.get(field))].filter(
    (word) => word !== null && word.trim() !== '',
  );
  const encoded = params.get('warningMessage');
  const passed = new URLSearchParams();
  for (const name of PASSED_ON) {
    const value = params.get(name);
    if (value !== null) passed.set(name, value);
  }
  const query = passed.toString();
  return {
    text: words.join(' '),
    warning:
      encoded === null
        ? null
        : (decodeMessage(encoded) ?? 'The link that brought you here carries a message that cannot be read.'),
    passedOn: query === '' ? '' : `?${query}`,
  };
}

/** The same link into the console, for a session that may only read. */
export function readOnlyConsole(href: string): string {
  const [path = '', query = ''] = href.split('?', 2);
  const asked = new URLSearchParams(query);
  asked.set('read_only', 'true');
  return `${path}?${asked.toString()}`;
}
