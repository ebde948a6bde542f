const UNITS: readonly [Intl.RelativeTimeFormatUnit, number][] = [
  ['year', 31_536_000],
  ['month', 2_592_000],
  ['day', 86_400],
  ['hour', 3_600],
  ['minute', 60],
];
const relative = new Intl.RelativeTimeFormat('en', { numeric: 'auto' });

export function nowSeconds(): number {
  return Math.floor(Date.now() / 1000);
}

/** "3 hours ago"; under a minute "just now". */
export function ago(epoch: number, now = nowSeconds()): string {
  const distance = epoch - now;
  for (const [unit, seconds] of UNITS) {
    if (Math.abs(distance) >= seconds) return relative.format(Math.trunc(distance / seconds), unit);
  }
  return 'just now';
}

export function fullTime(epoch: number): string {
  return new Intl.DateTimeFormat('en-GB', { dateStyle: 'medium', timeStyle: 'medium' }).format(new Date(epoch * 1000));
}

export function isoTime(epoch: number): string {
  return new Date(epoch * 1000).toISOString();
}

/** "59:09", or "1:02:03" from an hour on. */
export function countdown(seconds: number): string {
  const left = Math.max(0, Math.floor(seconds));
  const parts = [Math.floor(left / 60) % 60, left % 60].map((part) => String(part).padStart(2, '0'));
  const hours = Math.floor(left / 3600);
  return hours > 0 ? `${hours}:${parts.join(':')}` : parts.join(':');
}
