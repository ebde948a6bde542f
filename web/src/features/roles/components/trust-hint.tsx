import Box from '@cloudscape-design/components/box';
import CopyToClipboard from '@cloudscape-design/components/copy-to-clipboard';
import Popover from '@cloudscape-design/components/popover';
import SpaceBetween from '@cloudscape-design/components/space-between';
import StatusIndicator from '@cloudscape-design/components/status-indicator';
import type { EligibleRole } from '@/api/types';

function missing({ source_identity, session_tags }: EligibleRole): string | null {
  if (!source_identity && !session_tags) return 'Neither';
  if (!source_identity) return 'No SourceIdentity';
  return session_tags ? null : 'No tags';
}

/** Says what the role's trust policy does not let us send, and the statement that mends it. */
export function TrustHint({ role }: { role: EligibleRole }) {
  const lack = missing(role);
  if (lack === null) return <StatusIndicator type="success">Both</StatusIndicator>;
  const statement = role.mending_statement === null ? null : JSON.stringify(role.mending_statement, null, 2);
  return (
    <Popover
      header="The role's trust policy allows less than it could"
      size="large"
      triggerType="text"
      renderWithPortal
      dismissAriaLabel="Close"
      content={
        <SpaceBetween size="xs">
          <Box variant="p">
            {role.source_identity
              ? ''
              : 'Without SourceIdentity, CloudTrail loses track of the person when a session takes on another role. '}
            {role.session_tags ? '' : 'Without session tags, policies cannot tell people apart. '}
            The role works all the same.
          </Box>
          {statement === null ? (
            <Box variant="p">Ask the owner of the role to allow it in the trust policy.</Box>
          ) : (
            <>
              <Box variant="p">This statement in the trust policy mends it:</Box>
              <pre className="statement">{statement}</pre>
              <CopyToClipboard
                textToCopy={statement}
                copyButtonText="Copy statement"
                copySuccessText="The statement is in your clipboard."
                copyErrorText="The browser did not let us copy it."
              />
            </>
          )}
        </SpaceBetween>
      }
    >
      <StatusIndicator type="warning">{lack}</StatusIndicator>
    </Popover>
  );
}
