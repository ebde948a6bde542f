import { describe, expect, it } from 'vitest';
import { describeFault, parsePolicy, printPolicy } from '@/lib/policy-json';

function fault(text: string): string {
  const parsed = parsePolicy(text);
  return parsed.ok ? 'none' : describeFault(parsed.fault);
}

describe('a policy document', () => {
  it('is taken as it is when it is one', () => {
    const parsed = parsePolicy(
      '{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":"s3:*","Resource":"*"}]}',
    );
    expect(parsed.ok && parsed.document['Version']).toBe('2012-10-17');
  });

  it.each([
    ['', 'Line 1, column 1: the document is empty.'],
    ['{\n  "Statement": [\n  }\n', 'Line 3, column 3: a value is expected.'],
    ['{\n  "Statement": [{}],\n}', 'Line 3, column 1: a property name in double quotes is expected.'],
    ["{\n  'Statement': []\n}", 'Line 2, column 3: this is no JSON value.'],
    ['{"Statement": [{}]} x', 'Line 1, column 21: this is no JSON value.'],
    ['{"Statement": [{}]', 'Line 1, column 19: a closing } is missing.'],
    ['{"Statement": [{}]} {}', 'Line 1, column 21: nothing may follow the end of the document.'],
    ['{"Statement": [{"Sid": "\\q"}]}', 'Line 1, column 24: this escape does not exist in JSON.'],
    ['{"Statement": [{"Sid": "open}]}', 'Line 1, column 24: a string is not closed.'],
    ['// note\n{"Statement": [{}]}', 'Line 1, column 1: JSON knows no comments.'],
    ['[1, 2]', 'Line 1, column 1: a policy is a JSON object, { … }.'],
    ['"text"', 'Line 1, column 1: a policy is a JSON object, { … }.'],
    ['{"Version": "2012-10-17"}', 'Line 1, column 1: a policy needs a "Statement" with at least one entry.'],
    ['{"Statement": []}', 'Line 1, column 1: a policy needs a "Statement" with at least one entry.'],
  ])('that is none is told with the place of its first fault: %j', (text, message) => {
    expect(fault(text)).toBe(message);
  });

  it('prints the same whatever order its keys came in, and keeps the order of lists', () => {
    const left = {
      Statement: [{ Resource: ['b', 'a'], Action: 's3:Get*', Effect: 'Allow', Sid: 'one' }],
      Version: '2012-10-17',
    };
    const right = {
      Version: '2012-10-17',
      Statement: [{ Sid: 'one', Effect: 'Allow', Action: 's3:Get*', Resource: ['b', 'a'] }],
    };
    expect(printPolicy(left)).toBe(printPolicy(right));
    expect(printPolicy(left).indexOf('"b"')).toBeLessThan(printPolicy(left).indexOf('"a"'));
  });

  it('that is not there prints as nothing', () => {
    expect(printPolicy(null)).toBe('');
  });
});
