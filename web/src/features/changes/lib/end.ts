/** When something temporary is to end, as people choose it: never, a while after it is asked for, or at a time of their own clock. */
export type End = { kind: 'never' } | { kind: 'after'; seconds: number } | { kind: 'at'; date: string; time: string };

export const NEVER: End = { kind: 'never' };

const HOUR = 3600;
const DAY = 24 * HOUR;

export const PRESETS: readonly { seconds: number; text: string }[] = [
  { seconds: HOUR, text: '1 hour' },
  { seconds: 8 * HOUR, text: '8 hours' },
  { seconds: DAY, text: '1 day' },
  { seconds: 7 * DAY, text: '7 days' },
  { seconds: 30 * DAY, text: '30 days' },
  { seconds: 90 * DAY, text: '90 days' },
];

/** Epoch seconds, null for never, or undefined for a time that cannot be read. */
export function endsAt(end: End, now: number): number | null | undefined {
  switch (end.kind) {
    case 'never':
      return null;
    case 'after':
      // Ends are kept to the minute; nobody gets less than they asked for.
      return Math.ceil((now + end.seconds) / 60) * 60;
    case 'at': {
      const at = Date.parse(`${end.date}T${end.time}`);
      return Number.isNaN(at) ? undefined : Math.floor(at / 1000);
    }
  }
}

/** Why this cannot be an end, or undefined. */
export function endFault(end: End, now: number): string | undefined {
  const at = endsAt(end, now);
  if (at === undefined) return 'Give the day and the time, like 18:30.';
  return at !== null && at <= now ? 'This time has passed.' : undefined;
}

/** A moment in the words of the pickers, by the clock of whoever looks. */
export function chosen(at: number): End {
  const local = new Date(at * 1000 - new Date(at * 1000).getTimezoneOffset() * 60_000).toISOString();
  return { kind: 'at', date: local.slice(0, 10), time: local.slice(11, 16) };
}
