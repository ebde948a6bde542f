const UNITS: readonly [string, number][] = [
  ['d', 86_400],
  ['h', 3600],
  ['min', 60],
  ['s', 1],
];

/** "9 s", "15 min", "1 h 30 min": the two largest parts. */
export function span(seconds: number): string {
  const parts: string[] = [];
  let rest = Math.max(0, Math.round(seconds));
  if (rest === 0) return '0 s';
  for (const [unit, size] of UNITS) {
    const count = Math.floor(rest / size);
    rest -= count * size;
    if (count > 0) parts.push(`${String(count)} ${unit}`);
  }
  return parts.slice(0, 2).join(' ');
}

/** "12 rows, 1 file" from the numbers of a run; what is nothing is left out. */
export function counted(counts: Readonly<Record<string, number>>): string {
  const told = Object.entries(counts).filter(([, count]) => count !== 0);
  return told.map(([name, count]) => `${name.replaceAll('_', ' ')} ${count.toLocaleString('en')}`).join(', ');
}
