import type { ResourceCondition } from '@/api/types';

type Column = ResourceCondition['column'];
type Operator = ResourceCondition['operator'];

const FIELDS: Readonly<Record<string, Column>> = {
  arn: 'arn',
  name: 'name',
  account_id: 'account_id',
  account_name: 'account_name',
  tech: 'technology',
  type: 'technology',
  technology: 'technology',
  region: 'region',
  owner: 'owner',
  tag: 'tags',
  tags: 'tags',
  templated: 'templated',
  errors: 'errors',
};
const SIGNS: Readonly<Record<string, Operator>> = {
  ':': 'contains',
  '=': 'equals',
  '!=': 'not_equals',
  '!:': 'not_contains',
};
const MOST = 20;
const BEYOND = 2_147_483_647;

/** Words apart, except for what stands in quotes or between slashes. */
function wordsOf(text: string): string[] {
  return text.match(/(?:-?[a-z_]+(?:!?[:=]))?\/(?:\\.|[^\\])*?\/(?=\s|$)|(?:[^\s"]|"[^"]*"?)+/giu) ?? [];
}

function unquoted(text: string): string {
  return text.replaceAll('"', '');
}

function expressionOf(text: string): string | null {
  return /^\/(.+)\/$/u.exec(text)?.[1] ?? null;
}

function columnOf(field: string, value: string): Column | undefined {
  if (field === 'account') return /^\d{4,12}$/u.test(value) ? 'account_id' : 'account_name';
  return FIELDS[field];
}

function numbersOf(word: string): ResourceCondition | null {
  const found = /^errors([<>])(\d{1,9})$/u.exec(word);
  if (found === null) return null;
  const edge = Number(found[2]);
  const [low, high] = found[1] === '>' ? [edge, BEYOND] : [-1, edge];
  return { column: 'errors', operator: 'between', value: '', low, high };
}

function condition(column: Column, operator: Operator, value: string): ResourceCondition {
  return { column, operator, value, low: 0, high: 0 };
}

function conditionOf(word: string): ResourceCondition | null {
  const numbers = numbersOf(word);
  if (numbers !== null) return numbers;
  const negated = word.length > 1 && word.startsWith('-');
  const said = negated ? word.slice(1) : word;
  const [, field = '', sign = '', rest = ''] = /^([a-z_]+)(!=|!:|:|=)(.+)$/su.exec(said.toLowerCase()) ?? [];
  // Of the word as it was typed: an expression may hold capital escapes.
  const raw = rest === '' ? said : said.slice(-rest.length);
  const column = columnOf(field, raw);
  const value = column === undefined ? said : raw;
  const expression = expressionOf(value);
  if (expression !== null) return condition(column ?? 'arn', 'matches', expression);
  const text = unquoted(value);
  if (text === '') return null;
  let operator = column === undefined ? 'contains' : (SIGNS[sign] ?? 'contains');
  if (negated) operator = operator === 'equals' ? 'not_equals' : 'not_contains';
  if (operator === 'contains' && text.length > 1 && text.endsWith('*'))
    return condition(column ?? 'name', 'starts_with', text.slice(0, -1));
  return condition(column ?? 'arn', operator, text);
}

/** What somebody typed, as conditions that must all hold. Nothing typed is wrong: what means nothing more is searched for as it is. */
export function conditionsOf(text: string): ResourceCondition[] {
  return wordsOf(text)
    .map(conditionOf)
    .filter((found) => found !== null)
    .slice(0, MOST);
}
