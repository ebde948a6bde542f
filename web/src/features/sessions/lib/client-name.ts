/** In this order: most browsers claim to be several. */
const PROGRAMS: readonly [RegExp, string][] = [
  [/\bEdg(e|A|iOS)?\//, 'Edge'],
  [/\bOPR\//, 'Opera'],
  [/\b(Firefox|FxiOS)\//, 'Firefox'],
  [/\b(Chrome|CriOS|Chromium|HeadlessChrome)\//, 'Chrome'],
  [/\bSafari\//, 'Safari'],
  [/^Go-http-client\//, 'Weep or another Go program'],
  [/^(curl|python-requests|aws-cli)\b/, 'A script'],
];
const SYSTEMS: readonly [RegExp, string][] = [
  [/\b(iPhone|iPad)\b/, 'iOS'],
  [/\bAndroid\b/, 'Android'],
  [/\bWindows\b/, 'Windows'],
  [/\bMac OS X\b/, 'macOS'],
  [/\bCrOS\b/, 'ChromeOS'],
  [/\bLinux\b/, 'Linux'],
];

function first(table: readonly [RegExp, string][], text: string): string | undefined {
  return table.find(([pattern]) => pattern.test(text))?.[1];
}

/** What a user agent means to people: "Firefox on Linux". It is the client's own word and proves nothing. */
export function clientName(agent: string): string {
  if (agent.trim() === '') return 'Unnamed client';
  const program = first(PROGRAMS, agent);
  if (program === undefined) return agent.length > 60 ? `${agent.slice(0, 60)}…` : agent;
  const system = first(SYSTEMS, agent);
  return system === undefined ? program : `${program} on ${system}`;
}
