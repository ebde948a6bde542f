import Autosuggest, { type AutosuggestProps } from '@cloudscape-design/components/autosuggest';
import { useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import { useNavigate } from 'react-router';
import type { Everything } from '@/api/types';
import { everythingQuery } from '@/features/search/api/search';
import { kindName } from '@/features/search/lib/kinds';
import { useDelayedText } from '@/lib/use-delayed-text';

const EMPTY: Everything = { accounts: [], roles: [], resources: [], requests: [] };

function groupsOf(found: Everything): AutosuggestProps.OptionGroup[] {
  const resource = ({ title, detail, kind, url, arn }: Everything['roles'][number]): AutosuggestProps.Option => ({
    value: url === '' ? `/policies?q=${encodeURIComponent(arn ?? title)}` : url,
    label: title,
    description: detail,
    labelTag: kindName(kind),
  });
  const groups = [
    { label: 'Roles', options: found.roles.map(resource) },
    { label: 'Resources', options: found.resources.map(resource) },
    {
      label: 'Accounts',
      options: found.accounts.map(({ title, detail, url }) => ({ value: url, label: title, description: detail })),
    },
    {
      label: 'Requests',
      options: found.requests.map(({ title, detail, justification, url }) => ({
        value: url,
        label: title,
        description: [detail, justification].filter((part) => part !== '').join(' · '),
      })),
    },
  ];
  return groups.filter(({ options }) => options.length > 0);
}

/** The search box of every page: roles, resources, accounts and requests, best first. */
export function HeaderSearch() {
  const navigate = useNavigate();
  const [asked, setAsked] = useState('');
  const [text, setText] = useDelayedText(asked, (next) => setAsked(next.trim()));
  const found = useQuery(everythingQuery(asked));
  const typing = text.trim() !== asked;
  const groups = groupsOf(asked === '' ? EMPTY : (found.data ?? EMPTY));

  const go = (to: string) => {
    setText('');
    setAsked('');
    void navigate(to);
  };
  const goToTable = (typed: string) => {
    if (typed.trim() !== '') go(`/policies?q=${encodeURIComponent(typed.trim())}`);
  };

  return (
    <Autosuggest
      value={text}
      options={groups}
      filteringType="manual"
      placeholder="Roles, resources, accounts, requests"
      ariaLabel="Search everything"
      enteredTextLabel={(value) => `Search all resources for “${value}”`}
      empty={text.trim() === '' ? 'Type a name, an ARN, an account or a person.' : 'Nothing begins or contains this.'}
      statusType={
        text.trim() === ''
          ? 'finished'
          : found.isError
            ? 'error'
            : typing || (found.isFetching && groups.length === 0)
              ? 'loading'
              : 'finished'
      }
      loadingText="Searching"
      errorText="The search failed."
      recoveryText="Try again"
      onLoadItems={() => {
        if (found.isError) void found.refetch();
      }}
      onChange={({ detail }) => setText(detail.value)}
      onSelect={({ detail }) => {
        const chosen = detail.selectedOption?.value;
        if (chosen?.startsWith('/') === true) go(chosen);
        else goToTable(detail.value);
      }}
      // What is chosen with the keyboard has emptied the box before the key comes up.
      onKeyUp={({ detail }) => {
        if (detail.key === 'Enter') goToTable(text);
      }}
    />
  );
}
