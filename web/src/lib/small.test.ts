import { describe, expect, it } from 'vitest';
import { isRoleArn, parseArn } from '@/lib/arn';
import { decodeMessage, linkText } from '@/lib/link-text';
import { keepReturnPath, takeReturnPath } from '@/lib/return-path';
import { ago, countdown } from '@/lib/times';
import { ownPath, webAddress } from '@/lib/urls';

describe('links', () => {
  it('show their text, and plain text shows itself', () => {
    expect(linkText('[team/app](/policies/edit/1/iamrole/app)')).toBe('team/app');
    expect(linkText('plain [x]')).toBe('plain [x]');
  });

  it('carry messages in any language, or none that can be read', () => {
    expect(decodeMessage(btoa('Zu viele Rollen'))).toBe('Zu viele Rollen');
    expect(decodeMessage('8J+ZiCBuZWlu')).toBe('🙈 nein');
    expect(decodeMessage('%%%')).toBeNull();
  });

  it('are followed only to web addresses', () => {
    expect(webAddress('/role/x')?.href).toBe('https://consoleme.example/role/x');
    expect(webAddress('https://signin.example/a')?.host).toBe('signin.example');
    for (const bad of ['javascript:alert(1)', 'data:text/html,x', '', null, undefined, 'https://'])
      expect(webAddress(bad)).toBeNull();
    expect(ownPath(new URL('https://consoleme.example/a?b#c'))).toBe('/a?b#c');
    expect(ownPath(new URL('https://other.example/a'))).toBeNull();
  });
});

describe('the path to return to', () => {
  it('is given back once', () => {
    keepReturnPath('/requests?status=pending');
    expect(takeReturnPath()).toBe('/requests?status=pending');
    expect(takeReturnPath()).toBeNull();
  });

  it.each(['//evil.example/x', 'https://evil.example', '/\\evil.example', ''])(
    'never leads off the site: %j',
    (path) => {
      keepReturnPath(path);
      expect(takeReturnPath()).toBeNull();
    },
  );

  it('is forgotten when it is old or nonsense', () => {
    sessionStorage.setItem('consoleme.return-path', JSON.stringify({ path: '/x', at: 1 }));
    expect(takeReturnPath()).toBeNull();
    sessionStorage.setItem('consoleme.return-path', 'nonsense');
    expect(takeReturnPath()).toBeNull();
  });
});

describe('ARNs', () => {
  it('are read in every partition and with every path', () => {
    expect(parseArn('arn:aws-us-gov:iam::111122223333:role/team/app')?.name).toBe('app');
    expect(isRoleArn('arn:aws-cn:iam::111122223333:role/a/b/c')).toBe(true);
  });

  it.each([
    '',
    'role/x',
    'arn:aws:iam::1:role/x',
    'arn:aws:iam::111122223333:user/x',
    'arn:aws:iam::111122223333:role/',
  ])('of roles are not %j', (text) => {
    expect(isRoleArn(text)).toBe(false);
  });
});

describe('times', () => {
  it.each([
    [0, 'just now'],
    [59, 'just now'],
    [60, '1 minute ago'],
    [7200, '2 hours ago'],
    [86_400 * 3, '3 days ago'],
    [-7200, 'in 2 hours'],
  ])('%i seconds back are %s', (back, text) => {
    expect(ago(1_800_000_000 - back, 1_800_000_000)).toBe(text);
  });

  it('count down', () => {
    expect([countdown(3599), countdown(3661), countdown(0), countdown(-5)]).toEqual([
      '59:59',
      '1:01:01',
      '00:00',
      '00:00',
    ]);
  });
});
