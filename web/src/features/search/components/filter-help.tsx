import Box from '@cloudscape-design/components/box';
import Button from '@cloudscape-design/components/button';
import Popover from '@cloudscape-design/components/popover';

const EXAMPLES: readonly [string, string][] = [
  ['ledger export', 'ARNs with both words, in any order and any case'],
  ['"team/app"', 'exactly these letters, blanks included'],
  ['-test', 'without this word'],
  ['name:ledger', 'only in the name; also arn, account, type, region, owner, tag'],
  ['account=111122223333', 'the whole of it; != for anything else'],
  ['tag:team=payments', 'a tag and its value'],
  ['ledger-*', 'names that begin so'],
  ['errors>0', 'with denied calls lately; also errors<5'],
  ['/role\\/(audit|batch)-/', 'a regular expression on the ARN'],
  ['name:/-[0-9]+$/', 'a regular expression on one column'],
];

/** How to write a search. */
export function FilterHelp() {
  return (
    <Popover
      header="How to search"
      size="large"
      renderWithPortal
      triggerType="custom"
      dismissAriaLabel="Close"
      content={
        <>
          <Box variant="p">Write words one after the other: a resource must fit all of them.</Box>
          <dl className="examples">
            {EXAMPLES.map(([example, meaning]) => (
              <div key={example}>
                <dt>
                  <code>{example}</code>
                </dt>
                <dd>{meaning}</dd>
              </div>
            ))}
          </dl>
          <Box variant="p">The address of this page holds your search: copy it to share what you see.</Box>
        </>
      }
    >
      <Button variant="inline-icon" iconName="status-info" ariaLabel="How to search" formAction="none" />
    </Popover>
  );
}
