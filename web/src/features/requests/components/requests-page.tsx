import Button from '@cloudscape-design/components/button';
import { useQuery } from '@tanstack/react-query';
import { useNavigate, useSearchParams } from 'react-router';
import { AwaitData } from '@/components/await-data';
import { requestsQuery } from '@/features/requests/api/requests';
import { RequestsTable } from '@/features/requests/components/requests-table';
import { ALL_STATES, stateFilter } from '@/features/requests/lib/states';
import { usePageTitle } from '@/lib/page-title';

/** Old links name single columns; here their texts become words of the search. */
const OLD_FIELDS = ['username', 'arn', 'request_id'];

export function RequestsPage() {
  usePageTitle('Requests');
  const navigate = useNavigate();
  const [params, setParams] = useSearchParams();
  const filter = stateFilter(params.get('status'));
  const words = [params.get('q'), ...OLD_FIELDS.map((field) => params.get(field))].filter(
    (word) => word !== null && word !== '',
  );
  const requests = useQuery(requestsQuery(filter));

  const show = (text: string, status: string) => {
    const next = new URLSearchParams();
    if (text !== '') next.set('q', text);
    if (status !== ALL_STATES.id) next.set('status', status);
    setParams(next, { replace: true });
  };

  return (
    <AwaitData query={requests} what="the requests">
      {(table) => (
        <RequestsTable
          table={table}
          busy={requests.isFetching}
          text={words.join(' ')}
          filter={filter}
          onChange={show}
          onReload={() => void requests.refetch()}
          newRequest={
            <Button
              variant="primary"
              href="/requests/new"
              onFollow={(event) => {
                event.preventDefault();
                void navigate('/requests/new');
              }}
            >
              New request
            </Button>
          }
        />
      )}
    </AwaitData>
  );
}
