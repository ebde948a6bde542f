import Header from '@cloudscape-design/components/header';
import SpaceBetween from '@cloudscape-design/components/space-between';
import type { ReactNode } from 'react';
import type { Review } from '@/api/types';
import { StateIndicator } from '@/features/requests/components/state-indicator';
import { requestLook } from '@/features/requests/lib/states';
import { nameOf } from '@/lib/arn';

interface Props {
  review: Review;
  /** The present one, also while an older revision is on the screen. */
  state: string;
  actions: ReactNode;
}

export function ReviewHeader({ review, state, actions }: Props) {
  return (
    <Header variant="h1" actions={actions} description={`Asked for by ${review.requester}`}>
      <SpaceBetween direction="horizontal" size="s" alignItems="center">
        <span>Request for {nameOf(review.principal_arn)}</span>
        <span role="status" className="header-state">
          <StateIndicator look={requestLook(state)} />
        </span>
      </SpaceBetween>
    </Header>
  );
}
