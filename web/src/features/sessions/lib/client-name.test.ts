import { describe, expect, it } from 'vitest';
import { clientName } from '@/features/sessions/lib/client-name';

describe('the name of a client', () => {
  it.each([
    [
      'Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 Chrome/140.0.0.0 Safari/537.36',
      'Chrome on Windows',
    ],
    [
      'Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 Chrome/140.0.0.0 Safari/537.36 Edg/140.0',
      'Edge on Windows',
    ],
    ['Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) AppleWebKit/605.1 Version/26.0 Safari/605.1', 'Safari on macOS'],
    ['Mozilla/5.0 (iPhone; CPU iPhone OS 26_0 like Mac OS X) Version/26.0 Mobile Safari/604.1', 'Safari on iOS'],
    ['Mozilla/5.0 (Android 16; Mobile; rv:140.0) Gecko/140.0 Firefox/140.0', 'Firefox on Android'],
    ['Go-http-client/1.1', 'Weep or another Go program'],
    ['curl/8.9', 'A script'],
    ['something of our own', 'something of our own'],
    ['', 'Unnamed client'],
    ['x'.repeat(80), `${'x'.repeat(60)}…`],
  ])('%s', (agent, name) => {
    expect(clientName(agent)).toBe(name);
  });
});
