import Header from '@cloudscape-design/components/header';
import SpaceBetween from '@cloudscape-design/components/space-between';
import type { ReactNode } from 'react';
import { StateIndicator } from '@/features/requests/components/state-indicator';
import { principalName, type RequestFacts } from '@/features/requests/lib/extended-request';
import { requestLook } from '@/features/requests/lib/states';

interface Props {
  facts: RequestFacts;
  state: string;
  actions: ReactNode;
}

export function ReviewHeader({ facts, state, actions }: Props) {
  return (
    <Header variant="h1" actions={actions} description={`Asked for by ${facts.requester}`}>
      <SpaceBetween direction="horizontal" size="s" alignItems="center">
        <span>Request for {principalName(facts.principalArn)}</span>
        <span role="status" className="header-state">
          <StateIndicator look={requestLook(state)} />
        </span>
      </SpaceBetween>
    </Header>
  );
}
