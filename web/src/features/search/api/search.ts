import { keepPreviousData, queryOptions, useMutation } from '@tanstack/react-query';
import { questionOf, type Place, type TableView, shownOf } from '@/features/search/lib/table-view';
import { answerOf, api } from '@/lib/api';
import { download } from '@/lib/download';

/** A page of the table. While the next one is on its way, the last one stays. */
export function tableQuery(view: TableView) {
  const asked = questionOf(view);
  return queryOptions({
    queryKey: ['resources', asked],
    queryFn: ({ signal }) => answerOf(() => api.POST('/api/v2/search', { body: asked, signal })),
    select: (answer) => shownOf(answer, view),
    placeholderData: keepPreviousData,
    meta: { handled: true },
  });
}

export function everythingQuery(text: string) {
  return queryOptions({
    queryKey: ['everything', text],
    queryFn: ({ signal }) =>
      answerOf(() => api.GET('/api/v2/search/everything', { params: { query: { text } }, signal })),
    placeholderData: keepPreviousData,
    enabled: text !== '',
    meta: { handled: true },
  });
}

/** How each account is doing: rows of one that can't be read are older than they look. */
export const accountsQuery = queryOptions({
  queryKey: ['accounts'],
  queryFn: () => answerOf(() => api.GET('/api/v2/accounts')),
  meta: { handled: true },
});

export type ExportForm = 'csv' | 'json';

const TYPES: Record<ExportForm, string> = { csv: 'text/csv', json: 'application/json' };

/** One part of an export, and where the next one begins. */
async function exportPart(view: TableView, form: ExportForm, after: Place | null) {
  const { text, conditions, sort } = questionOf(view);
  const found = { next: null as Place | null };
  const part = await answerOf(async () => {
    const body = { text, conditions, sort, descending: view.descending, form, after };
    const outcome = await api.POST('/api/v2/search/export', { body, parseAs: 'text' });
    const next = outcome.response.headers.get('X-Next-Place');
    found.next = next === null ? null : (JSON.parse(next) as Place);
    return outcome;
  });
  return { text: part, next: found.next };
}

/** Fetches every row that fits, not only those that are shown, and hands them over as one file. */
export function useTableExport() {
  return useMutation({
    mutationFn: async ({ view, form }: { view: TableView; form: ExportForm }) => {
      const parts: string[] = [];
      for (let place: Place | null | undefined; place !== null;) {
        const part = await exportPart(view, form, place ?? null);
        parts.push(part.text);
        place = part.next;
      }
      download(parts, `resources.${form}`, TYPES[form]);
    },
  });
}
