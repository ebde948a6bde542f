import Box from '@cloudscape-design/components/box';
import Button from '@cloudscape-design/components/button';
import Header from '@cloudscape-design/components/header';
import SpaceBetween from '@cloudscape-design/components/space-between';
import { useInfiniteQuery } from '@tanstack/react-query';
import { useState } from 'react';
import { EmptyState } from '@/components/empty-state';
import { ErrorState } from '@/components/error-state';
import { spokesQuery } from '@/features/checks/api/checks';
import { CheckTable } from '@/features/checks/components/check-table';

/** Asked for on purpose: each account costs a call to AWS. */
export function Spokes() {
  const [asked, setAsked] = useState(false);
  const spokes = useInfiniteQuery({ ...spokesQuery, enabled: asked });
  const pages = spokes.data?.pages ?? [];
  const checks = pages.flatMap((page) => page.checks);
  const total = pages.at(-1)?.total;
  return (
    <CheckTable
      checks={checks}
      what="Account"
      label="Accounts"
      header={
        <SpaceBetween size="s">
          <Header
            variant="h2"
            counter={total === undefined ? undefined : `(${String(checks.length)} of ${String(total)})`}
            description="Whether each account lets the product in, in this moment."
            actions={
              <Button
                loading={asked && spokes.isFetching && !spokes.isFetchingNextPage}
                onClick={() => (asked ? void spokes.refetch() : setAsked(true))}
              >
                {asked ? 'Check again' : 'Check the accounts'}
              </Button>
            }
          >
            Accounts
          </Header>
          {spokes.isError && <ErrorState error={spokes.error} onRetry={() => void spokes.refetch()} />}
        </SpaceBetween>
      }
      empty={
        asked && spokes.isSuccess ? (
          <EmptyState title="No account is known" />
        ) : (
          <EmptyState title="Not checked yet">Each account is asked for a session of the spoke role.</EmptyState>
        )
      }
      footer={
        spokes.hasNextPage ? (
          <Box textAlign="center">
            <Button loading={spokes.isFetchingNextPage} onClick={() => void spokes.fetchNextPage()}>
              Check the next accounts
            </Button>
          </Box>
        ) : undefined
      }
    />
  );
}
