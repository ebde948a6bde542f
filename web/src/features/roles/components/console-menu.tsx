import ButtonDropdown from '@cloudscape-design/components/button-dropdown';
import type { RoleRow } from '@/features/roles/lib/role-rows';
import { readOnlyConsole } from '@/features/roles/lib/role-links';

/** The console as the role may, or with a session that may only read. */
export function ConsoleMenu({ row, passedOn }: { row: RoleRow; passedOn: string }) {
  const who = `as ${row.name} in ${row.role.account_name}`;
  const href = `${row.role.redirect_uri}${passedOn}`;
  return (
    <ButtonDropdown
      variant="primary"
      expandToViewport
      mainAction={{
        text: 'Console',
        href,
        external: true,
        externalIconAriaLabel: '(new tab)',
        ariaLabel: `Open the AWS console ${who} (new tab)`,
      }}
      ariaLabel={`More ways to open the AWS console ${who}`}
      items={[
        {
          id: 'read-only',
          text: 'Console, read-only',
          href: readOnlyConsole(href),
          external: true,
          externalIconAriaLabel: '(new tab)',
        },
      ]}
    />
  );
}
