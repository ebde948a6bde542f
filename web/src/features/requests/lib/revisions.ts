import type { Review, ReviewChange, TimelineEntry } from '@/api/types';

export interface ChangeDifference {
  id: string;
  title: string;
  shown: ReviewChange | null;
  now: ReviewChange | null;
}

export interface RevisionDifference {
  from: number;
  to: number;
  edits: readonly TimelineEntry[];
  changes: readonly ChangeDifference[];
}

function sameContent(left: ReviewChange | null, right: ReviewChange | null): boolean {
  return JSON.stringify([left?.before, left?.after]) === JSON.stringify([right?.before, right?.after]);
}

/** What somebody edited between the revision on the screen and the present one. */
export function compareRevisions(shown: Review, now: Review): RevisionDifference {
  const ids = new Set([...shown.changes, ...now.changes].map(({ id }) => id));
  const find = (review: Review, id: string) => review.changes.find((change) => change.id === id) ?? null;
  const changes = [...ids].map((id) => {
    const [old, present] = [find(shown, id), find(now, id)];
    return { id, title: present?.title ?? old?.title ?? id, shown: old, now: present };
  });
  return {
    from: shown.revision,
    to: now.revision,
    edits: now.timeline.slice(shown.timeline.length).filter(({ kind }) => kind === 'revised'),
    changes: changes.filter((change) => !sameContent(change.shown, change.now)),
  };
}
