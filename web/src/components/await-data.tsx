import type { UseQueryResult } from '@tanstack/react-query';
import type { ReactNode } from 'react';
import { ErrorState } from '@/components/error-state';
import { Loading } from '@/components/loading';

interface Props<Data> {
  query: Pick<UseQueryResult<Data>, 'data' | 'isPending' | 'error' | 'refetch'>;
  /** What is loaded: "your roles". */
  what: string;
  children: (data: Data) => ReactNode;
}

/** Loading, failed or there. What was there once stays readable while a renewal fails; a message at the top says so. */
export function AwaitData<Data>({ query, what, children }: Props<Data>) {
  if (query.data !== undefined) return children(query.data);
  if (query.isPending) return <Loading what={what} />;
  return <ErrorState error={query.error} onRetry={() => void query.refetch()} />;
}
