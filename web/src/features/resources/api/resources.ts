import { queryOptions, useMutation, useQueryClient } from '@tanstack/react-query';
import type { Answer } from '@/api/types';
import type { Address } from '@/features/resources/lib/address';
import { answerOf, api } from '@/lib/api';

export type Role = Answer<'/api/v2/roles/{account_id}/{role}', 'get'>;
export type User = Answer<'/api/v2/users/{account_id}/{user}', 'get'>;
export type Policed = Answer<'/api/v2/resources/{account_id}/{kind}/{rest}', 'get'>;
export type Shown = { kind: 'role'; body: Role } | { kind: 'user'; body: User } | { kind: 'resource'; body: Policed };
export type Identity = Role | User;
export type Age = Role['age'];
export type Outsider = Role['exposure']['outsiders'][number];
export type Holder = Role['authorized'][number];
export type Note = Role['notes'][number];
export type Tag = Role['tags'][number];
export type History = Answer<'/api/v2/resource_history', 'get'>;
export type Version = History['versions'][number];

async function read(address: Address, fresh: boolean): Promise<Shown> {
  const query = fresh ? { force_refresh: 'true' } : {};
  const { accountId: account_id } = address;
  switch (address.kind) {
    case 'role': {
      const path = { account_id, role: address.name };
      return {
        kind: 'role',
        body: await answerOf(() => api.GET('/api/v2/roles/{account_id}/{role}', { params: { path, query } })),
      };
    }
    case 'user': {
      const path = { account_id, user: address.name };
      return {
        kind: 'user',
        body: await answerOf(() => api.GET('/api/v2/users/{account_id}/{user}', { params: { path, query } })),
      };
    }
    case 'resource': {
      const path = { account_id, kind: address.service, rest: address.rest };
      return {
        kind: 'resource',
        body: await answerOf(() =>
          api.GET('/api/v2/resources/{account_id}/{kind}/{rest}', { params: { path, query } }),
        ),
      };
    }
  }
}

export function resourceQuery(address: Address) {
  return queryOptions({ queryKey: ['resource', address], queryFn: () => read(address, false) });
}

/** Asks AWS for it now; what it was before and whom it is attached to are then read again too. */
export function useReadNow(address: Address) {
  const client = useQueryClient();
  return useMutation({
    mutationFn: () => read(address, true),
    onSuccess: async (shown) => {
      client.setQueryData(resourceQuery(address).queryKey, shown);
      await client.invalidateQueries({ queryKey: ['resource-beside', shown.body.arn] });
    },
  });
}

/** The same key is the same deletion, however often it is sent. */
export function useDeleteRole() {
  const client = useQueryClient();
  return useMutation({
    mutationFn: ({ accountId: account_id, name: role, key }: { accountId: string; name: string; key: string }) =>
      answerOf(() =>
        api.DELETE('/api/v2/roles/{account_id}/{role}', {
          params: { path: { account_id, role } },
          headers: { 'Idempotency-Key': key },
        }),
      ),
    meta: { handled: true },
    onSuccess: () => client.invalidateQueries({ queryKey: ['resource'] }),
  });
}

export function historyQuery(arn: string) {
  return queryOptions({
    queryKey: ['resource-beside', arn, 'history'],
    queryFn: () => answerOf(() => api.GET('/api/v2/resource_history', { params: { query: { arn } } })),
  });
}

export function differenceQuery(arn: string, version: string) {
  return queryOptions({
    queryKey: ['resource-beside', arn, 'history', version],
    queryFn: () => answerOf(() => api.GET('/api/v2/resource_history', { params: { query: { arn, version } } })),
    staleTime: Infinity,
  });
}

export function attachedQuery(arn: string) {
  return queryOptions({
    queryKey: ['resource-beside', arn, 'attached'],
    queryFn: () => answerOf(() => api.GET('/api/v2/attached_principals', { params: { query: { arn } } })),
  });
}

export function documentsQuery(arn: string) {
  return queryOptions({
    queryKey: ['resource-beside', arn, 'documents'],
    queryFn: () =>
      answerOf(() =>
        api.GET('/api/v2/managed_policies_on_principal/{principal}', { params: { path: { principal: arn } } }),
      ),
  });
}
