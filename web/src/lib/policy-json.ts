import { type ParseError, parse, printParseErrorCode } from 'jsonc-parser';

export interface JsonFault {
  offset: number;
  length: number;
  line: number;
  column: number;
  reason: string;
}

export type ParsedPolicy = { ok: true; document: Record<string, unknown> } | { ok: false; fault: JsonFault };

const REASONS: Record<string, string> = {
  InvalidSymbol: 'this is no JSON value',
  InvalidNumberFormat: 'this is no JSON number',
  PropertyNameExpected: 'a property name in double quotes is expected',
  ValueExpected: 'a value is expected',
  ColonExpected: 'a colon is expected',
  CommaExpected: 'a comma is expected',
  CloseBraceExpected: 'a closing } is missing',
  CloseBracketExpected: 'a closing ] is missing',
  EndOfFileExpected: 'nothing may follow the end of the document',
  InvalidCommentToken: 'JSON knows no comments',
  UnexpectedEndOfComment: 'JSON knows no comments',
  UnexpectedEndOfString: 'a string is not closed',
  UnexpectedEndOfNumber: 'this number is not complete',
  InvalidUnicode: 'this is no \\u escape',
  InvalidEscapeCharacter: 'this escape does not exist in JSON',
  InvalidCharacter: 'this character must be escaped',
};

function faultAt(text: string, offset: number, length: number, reason: string): JsonFault {
  const before = text.slice(0, offset).split('\n');
  return { offset, length, reason, line: before.length, column: (before.at(-1)?.length ?? 0) + 1 };
}

function parseFault(text: string, error: ParseError): JsonFault {
  const code = printParseErrorCode(error.error);
  return faultAt(text, error.offset, error.length, REASONS[code] ?? code);
}

/** A policy document, or the first fault with its place. Only what no service is needed for: the service judges the policy itself. */
export function parsePolicy(text: string): ParsedPolicy {
  if (text.trim() === '') return { ok: false, fault: faultAt(text, 0, 0, 'the document is empty') };
  const errors: ParseError[] = [];
  const value: unknown = parse(text, errors, { disallowComments: true, allowTrailingComma: false });
  const first = errors[0];
  if (first !== undefined) return { ok: false, fault: parseFault(text, first) };
  if (typeof value !== 'object' || value === null || Array.isArray(value)) {
    return { ok: false, fault: faultAt(text, 0, text.length, 'a policy is a JSON object, { … }') };
  }
  const document = value as Record<string, unknown>;
  const statement = document['Statement'];
  if (typeof statement !== 'object' || statement === null || (Array.isArray(statement) && statement.length === 0)) {
    return { ok: false, fault: faultAt(text, 0, 0, 'a policy needs a "Statement" with at least one entry') };
  }
  return { ok: true, document };
}

export function describeFault(fault: JsonFault): string {
  return `Line ${fault.line}, column ${fault.column}: ${fault.reason}.`;
}

const ORDER = [
  'Id',
  'Version',
  'Sid',
  'Effect',
  'Principal',
  'NotPrincipal',
  'Action',
  'NotAction',
  'Resource',
  'NotResource',
  'Condition',
  'Statement',
];

function rank(key: string): number {
  const place = ORDER.indexOf(key);
  return place === -1 ? ORDER.length : place;
}

function inReadingOrder(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(inReadingOrder);
  if (typeof value !== 'object' || value === null) return value;
  const entries = Object.entries(value as Record<string, unknown>);
  entries.sort(([left], [right]) => rank(left) - rank(right));
  return Object.fromEntries(entries.map(([key, inner]) => [key, inReadingOrder(inner)]));
}

/** Pretty, in the order people read a policy, so that two documents differ only where they mean something else. */
export function printPolicy(document: unknown): string {
  return document === null || document === undefined ? '' : JSON.stringify(inReadingOrder(document), null, 2);
}
