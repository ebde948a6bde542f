import type { Asked } from '@/features/audit/lib/types';

/** What somebody looks for in the activity log, as the address of the page holds it. */
export interface ActivityFilter {
  /** `7d` looks back from now; empty when `since` and `until` name the time. */
  last: string;
  /** Epoch seconds. */
  since: number | null;
  until: number | null;
  person: string;
  action: string;
  /** A `*` at its end stands for anything. */
  target: string;
  outcome: string;
  text: string;
}

const SECONDS: Readonly<Record<string, number>> = {
  '1h': 3_600,
  '24h': 86_400,
  '7d': 604_800,
  '30d': 2_592_000,
  '365d': 31_536_000,
};
export const LASTS = Object.keys(SECONDS);
export const EVERYTHING: ActivityFilter = {
  last: '7d',
  since: null,
  until: null,
  person: '',
  action: '',
  target: '',
  outcome: '',
  text: '',
};
export const OUTCOMES = ['done', 'refused', 'failed'] as const;
const TEXTS = ['person', 'action', 'target', 'outcome', 'text'] as const;

function moment(params: URLSearchParams, name: string): number | null {
  const found = params.get(name);
  return found !== null && /^\d{1,11}$/.test(found) ? Number(found) : null;
}

export function filterOf(params: URLSearchParams): ActivityFilter {
  const [since, until] = [moment(params, 'since'), moment(params, 'until')];
  const last = params.get('last') ?? '';
  const named = since !== null || until !== null;
  const texts = TEXTS.map((name) => [name, params.get(name) ?? '']);
  return {
    ...EVERYTHING,
    ...(Object.fromEntries(texts) as Pick<ActivityFilter, (typeof TEXTS)[number]>),
    since,
    until,
    last: named ? '' : LASTS.includes(last) ? last : EVERYTHING.last,
  };
}

/** The address of the page for a filter: only what differs from the page as it opens. */
export function paramsOf(filter: ActivityFilter): URLSearchParams {
  const params = new URLSearchParams();
  if (filter.last !== '' && filter.last !== EVERYTHING.last) params.set('last', filter.last);
  if (filter.since !== null) params.set('since', String(filter.since));
  if (filter.until !== null) params.set('until', String(filter.until));
  for (const name of TEXTS) if (filter[name].trim() !== '') params.set(name, filter[name].trim());
  return params;
}

export function isNarrowed(filter: ActivityFilter): boolean {
  return TEXTS.some((name) => filter[name] !== '');
}

/** The question to the service. A cursor fits one question only, so `now` stays what it was at the first page. */
export function questionOf(filter: ActivityFilter, now: number): Asked {
  const back = SECONDS[filter.last];
  const since = back === undefined ? filter.since : now - back;
  const target = filter.target.trim();
  const outcome = OUTCOMES.find((known) => known === filter.outcome);
  return {
    ...(since === null ? {} : { since }),
    ...(filter.until === null ? {} : { until: filter.until }),
    ...(filter.person === '' ? {} : { person: filter.person }),
    ...(filter.action === '' ? {} : { action: filter.action }),
    ...(filter.text === '' ? {} : { text: filter.text }),
    ...(target === '' ? {} : target.endsWith('*') ? { target_prefix: target.slice(0, -1) } : { target }),
    ...(outcome === undefined ? {} : { outcome }),
  };
}
