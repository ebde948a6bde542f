import { infiniteQueryOptions, queryOptions, useMutation } from '@tanstack/react-query';
import { type ActivityFilter, questionOf } from '@/features/audit/lib/activity-filter';
import { download } from '@/lib/download';
import type { Asked, ExportFormat } from '@/features/audit/lib/types';
import { answerOf, api } from '@/lib/api';
import { nowSeconds } from '@/lib/times';

interface Place {
  asked: Asked;
  cursor: string | null;
}

/** Page by page, newest first. The first page fixes what "the last seven days" are; its cursors fit nothing else. */
export function activityQuery(filter: ActivityFilter) {
  return infiniteQueryOptions({
    queryKey: ['audit', 'activity', filter],
    initialPageParam: null as Place | null,
    queryFn: async ({ pageParam }) => {
      const asked = pageParam?.asked ?? questionOf(filter, nowSeconds());
      const cursor = pageParam?.cursor ?? null;
      const query = cursor === null ? asked : { ...asked, cursor };
      const page = await answerOf(() => api.GET('/api/v2/audit/activity', { params: { query } }));
      return { ...page, asked };
    },
    getNextPageParam: (last): Place | null =>
      last.cursor === null ? null : { asked: last.asked, cursor: last.cursor },
  });
}

const TYPES: Record<ExportFormat, string> = { csv: 'text/csv', jsonl: 'application/x-ndjson' };

/** One part of an export, and where the next one begins. */
async function exportPart(query: Asked & { format: ExportFormat }): Promise<{ text: string; next: string | null }> {
  const found = { next: null as string | null };
  const text = await answerOf(async () => {
    const outcome = await api.GET('/api/v2/audit/activity/export', { params: { query }, parseAs: 'text' });
    found.next = outcome.response.headers.get('X-Next-Cursor');
    return outcome;
  });
  return { text, next: found.next };
}

/** Fetches every part of an export, and hands them over as one file. */
export function useExport() {
  return useMutation({
    mutationFn: async ({ filter, format }: { filter: ActivityFilter; format: ExportFormat }) => {
      const asked = questionOf(filter, nowSeconds());
      const parts: string[] = [];
      for (let place: string | null | undefined; place !== null;) {
        const part = await exportPart({ ...asked, format, ...(place === undefined ? {} : { cursor: place }) });
        parts.push(part.text);
        place = part.next;
      }
      download(parts, `audit.${format}`, TYPES[format]);
    },
  });
}

export function roleReviewQuery(role: string) {
  return queryOptions({
    queryKey: ['audit', 'role', role],
    queryFn: () => answerOf(() => api.GET('/api/v2/audit/role_access', { params: { query: { role } } })),
  });
}

export function personReviewQuery(user: string) {
  return queryOptions({
    queryKey: ['audit', 'person', user],
    queryFn: () => answerOf(() => api.GET('/api/v2/audit/user_access', { params: { query: { user } } })),
  });
}
