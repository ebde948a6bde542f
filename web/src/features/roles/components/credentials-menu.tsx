import ButtonDropdown from '@cloudscape-design/components/button-dropdown';
import { useState } from 'react';
import type { CredentialsAnswer } from '@/api/types';
import { getCredentials } from '@/features/roles/api/get-credentials';
import { CopyByHandModal } from '@/features/roles/components/copy-by-hand-modal';
import { ExpiryCountdown } from '@/features/roles/components/expiry-countdown';
import {
  configProfile,
  type CredentialFormat,
  formatCredentials,
  FORMATS,
  profileName,
} from '@/features/roles/lib/credential-formats';
import type { RoleRow } from '@/features/roles/lib/role-rows';
import { ApiError } from '@/lib/api-error';
import { endedSession } from '@/lib/ended-session';
import { showError, showFlash } from '@/lib/flashes';

interface ByHand {
  title: string;
  text: string;
}

async function copied(text: string): Promise<boolean> {
  try {
    await navigator.clipboard.writeText(text);
    return true;
  } catch {
    // No permission, the click is too long ago, or no secure page: people can still copy by hand.
    return false;
  }
}

/** What is copied; read-only keys may read, whatever else the role may. */
interface Choice {
  format: CredentialFormat;
  readOnly: boolean;
}

const READ_ONLY = 'read-only:';

function choiceOf(id: string): Choice | null {
  const readOnly = id.startsWith(READ_ONLY);
  const found = FORMATS.find((format) => format.id === (readOnly ? id.slice(READ_ONLY.length) : id));
  return found === undefined ? null : { format: found.id, readOnly };
}

function showCopied(row: RoleRow, { format, readOnly }: Choice, { Credentials, notices }: CredentialsAnswer): void {
  const { text, where } = FORMATS.find(({ id }) => id === format) ?? { text: format, where: '' };
  showFlash({
    id: `credentials:${row.id}`,
    type: 'success',
    goesAlong: true,
    header: `${readOnly ? 'Read-only credentials' : 'Credentials'} of ${row.name} in ${row.role.account_name} are in your clipboard (${text})`,
    content: (
      <>
        {where} <ExpiryCountdown until={Credentials.Expiration} /> This page does not keep them. {notices.join(' ')}
      </>
    ),
  });
}

function showRefused(error: unknown, retry: () => void): void {
  if (error instanceof ApiError && error.trouble === 'signed-out') endedSession.set({ redirectUrl: error.redirectUrl });
  else showError(error, retry);
}

/** Keys are asked for at the click, go to the clipboard, and are forgotten. */
export function CredentialsMenu({ row }: { row: RoleRow }) {
  const [busy, setBusy] = useState(false);
  const [byHand, setByHand] = useState<ByHand | null>(null);
  const profile = profileName(row.role.account_name, row.name);

  const copyKeys = async (choice: Choice) => {
    setBusy(true);
    try {
      const answer = await getCredentials(row.id, choice);
      const text = formatCredentials(choice.format, answer.Credentials, profile);
      if (await copied(text)) showCopied(row, choice, answer);
      else setByHand({ title: `Credentials of ${row.name}`, text });
    } catch (error) {
      showRefused(error, () => void copyKeys(choice));
    } finally {
      setBusy(false);
    }
  };

  const copyConfig = async () => {
    const text = configProfile(profile, row.id);
    if (!(await copied(text))) {
      setByHand({ title: `Profile of ${row.name}`, text });
      return;
    }
    showFlash({
      id: `config:${row.id}`,
      type: 'success',
      header: `The profile "${profile}" is in your clipboard`,
      content:
        'Paste it into ~/.aws/config. It holds no secret: the Weep command fetches fresh keys whenever a tool asks.',
    });
  };

  return (
    <>
      <ButtonDropdown
        variant="normal"
        loading={busy}
        loadingText="Fetching credentials"
        expandToViewport
        ariaLabel={`Copy credentials of ${row.name} in ${row.role.account_name}`}
        items={[
          {
            text: 'Keys, one session',
            items: FORMATS.map(({ id, text, hint }) => ({ id, text, secondaryText: hint })),
          },
          {
            text: 'Keys that may only read',
            items: FORMATS.map(({ id, text }) => ({ id: `${READ_ONLY}${id}`, text: `${text}, read-only` })),
          },
          {
            text: 'Configuration, no secret',
            items: [{ id: 'config', text: 'credential_process', secondaryText: 'a profile for ~/.aws/config' }],
          },
        ]}
        onItemClick={({ detail }) => {
          const choice = choiceOf(detail.id);
          if (choice === null) void copyConfig();
          else void copyKeys(choice);
        }}
      >
        Copy credentials
      </ButtonDropdown>
      {byHand !== null && <CopyByHandModal title={byHand.title} text={byHand.text} onDone={() => setByHand(null)} />}
    </>
  );
}
