import { useState } from 'react';
import type { RequestDetail } from '@/api/types';

export interface ShownRevision {
  /** What stands on the screen: always one revision, never swapped under the reader's eyes. */
  shown: RequestDetail;
  /** A later revision that somebody made meanwhile. */
  newer: RequestDetail | null;
  show: (detail: RequestDetail) => void;
}

/** The state of the shown revision follows the service; another revision waits until the reader asks for it. */
export function useShownRevision(latest: RequestDetail): ShownRevision {
  const [accepted, show] = useState(latest);
  const same = accepted.review.revision_hash === latest.review.revision_hash;
  if (same) return { shown: latest, newer: null, show };
  return { shown: accepted, newer: latest, show };
}
