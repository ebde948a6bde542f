import type { RouteObject } from 'react-router';
import { CrashPage } from '@/app/crash-page';
import { NotFoundPage } from '@/app/not-found-page';
import type { RouteHandle } from '@/app/route-handle';
import { Loading } from '@/components/loading';
import { Shell } from '@/app/shell/shell';
import { SessionGate } from '@/app/session-gate';
import { AfterSignIn } from '@/app/after-sign-in';
import { SIGN_IN_PATH } from '@/lib/urls';

const REQUESTS = { text: 'Requests', href: '/requests' };
const AUDIT = { text: 'Audit log', href: '/audit' };

export const routes: RouteObject[] = [
  {
    element: (
      <SessionGate>
        <Shell />
      </SessionGate>
    ),
    errorElement: <CrashPage />,
    hydrateFallbackElement: <Loading what="ConsoleMe" />,
    children: [
      {
        errorElement: <CrashPage />,
        children: [
          {
            path: '/',
            handle: { crumbs: [], contentType: 'table' } satisfies RouteHandle,
            lazy: async () => ({ Component: (await import('@/features/roles/components/roles-page')).RolesPage }),
          },
          {
            path: '/role/*',
            handle: { crumbs: [{ text: 'Console sign-in', href: '' }] } satisfies RouteHandle,
            lazy: async () => ({
              Component: (await import('@/features/console-login/components/console-login-page')).ConsoleLoginPage,
            }),
          },
          {
            path: '/challenge_validator/:token',
            handle: { crumbs: [{ text: 'Command line sign-in', href: '' }] } satisfies RouteHandle,
            lazy: async () => ({
              Component: (await import('@/features/challenge/components/challenge-page')).ChallengePage,
            }),
          },
          {
            path: '/sessions',
            handle: { crumbs: [{ text: 'Sessions', href: '/sessions' }], contentType: 'table' } satisfies RouteHandle,
            lazy: async () => ({
              Component: (await import('@/features/sessions/components/sessions-page')).SessionsPage,
            }),
          },
          {
            path: '/requests',
            handle: { crumbs: [REQUESTS], contentType: 'table' } satisfies RouteHandle,
            lazy: async () => ({
              Component: (await import('@/features/requests/components/requests-page')).RequestsPage,
            }),
          },
          {
            path: '/requests/new',
            handle: {
              crumbs: [REQUESTS, { text: 'New request', href: '' }],
              contentType: 'form',
            } satisfies RouteHandle,
            lazy: async () => ({
              Component: (await import('@/features/requests/components/new-request-page')).NewRequestPage,
            }),
          },
          {
            path: '/create_role',
            handle: { crumbs: [{ text: 'New role', href: '' }], contentType: 'form' } satisfies RouteHandle,
            lazy: async () => ({
              Component: (await import('@/features/role-life/components/create-role-page')).CreateRolePage,
            }),
          },
          {
            path: '/requests/rules',
            handle: { crumbs: [REQUESTS, { text: 'Who must approve', href: '' }] } satisfies RouteHandle,
            lazy: async () => ({
              Component: (await import('@/features/requests/components/rules-page')).RulesPage,
            }),
          },
          {
            path: '/selfservice',
            handle: {
              crumbs: [REQUESTS, { text: 'New request', href: '' }],
              contentType: 'form',
            } satisfies RouteHandle,
            lazy: async () => ({
              Component: (await import('@/features/requests/components/new-request-page')).NewRequestPage,
            }),
          },
          {
            path: '/notifications',
            handle: { crumbs: [{ text: 'Notifications', href: '/notifications' }] } satisfies RouteHandle,
            lazy: async () => ({
              Component: (await import('@/features/notifications/components/notifications-page')).NotificationsPage,
            }),
          },
          {
            path: '/preferences',
            handle: {
              crumbs: [
                { text: 'Notifications', href: '/notifications' },
                { text: 'Preferences', href: '' },
              ],
            } satisfies RouteHandle,
            lazy: async () => ({
              Component: (await import('@/features/notifications/components/preferences-page')).PreferencesPage,
            }),
          },
          {
            path: '/slack/link',
            handle: { crumbs: [{ text: 'Link your Slack account', href: '' }] } satisfies RouteHandle,
            lazy: async () => ({
              Component: (await import('@/features/notifications/components/slack-link-page')).SlackLinkPage,
            }),
          },
          {
            path: '/policies/request/:requestId',
            handle: { crumbs: [REQUESTS, { text: 'Review', href: '' }] } satisfies RouteHandle,
            lazy: async () => ({ Component: (await import('@/features/requests/components/review-page')).ReviewPage }),
          },
          {
            path: '/policies',
            handle: { crumbs: [{ text: 'Resources', href: '/policies' }], contentType: 'table' } satisfies RouteHandle,
            lazy: async () => ({
              Component: (await import('@/features/search/components/resources-page')).ResourcesPage,
            }),
          },
          {
            path: '/policies/edit/:accountId/:service/*',
            handle: {
              crumbs: [
                { text: 'Resources', href: '/policies' },
                { text: 'Resource', href: '' },
              ],
            } satisfies RouteHandle,
            lazy: async () => ({
              Component: (await import('@/features/resources/components/resource-page')).ResourcePage,
            }),
          },
          {
            path: '/inventory',
            handle: { crumbs: [{ text: 'Inventory', href: '/inventory' }], contentType: 'table' } satisfies RouteHandle,
            lazy: async () => ({
              Component: (await import('@/features/inventory/components/inventory-page')).InventoryPage,
            }),
          },
          {
            path: '/inventory/:accountId',
            handle: {
              crumbs: [
                { text: 'Inventory', href: '/inventory' },
                { text: 'Account', href: '' },
              ],
            } satisfies RouteHandle,
            lazy: async () => ({
              Component: (await import('@/features/inventory/components/account-page')).AccountPage,
            }),
          },
          { path: SIGN_IN_PATH, handle: { crumbs: [] } satisfies RouteHandle, element: <AfterSignIn /> },
          {
            path: '/config',
            handle: { crumbs: [{ text: 'Configuration', href: '/config' }] } satisfies RouteHandle,
            lazy: async () => ({
              Component: (await import('@/features/configuration/components/configuration-page')).ConfigurationPage,
            }),
          },
          {
            path: '/audit',
            handle: { crumbs: [AUDIT], contentType: 'table' } satisfies RouteHandle,
            lazy: async () => ({ Component: (await import('@/features/audit/components/audit-page')).AuditPage }),
          },
          {
            path: '/audit/access',
            handle: { crumbs: [AUDIT, { text: 'Who may use what', href: '' }] } satisfies RouteHandle,
            lazy: async () => ({ Component: (await import('@/features/audit/components/access-page')).AccessPage }),
          },
          {
            path: '/operations',
            handle: { crumbs: [{ text: 'Operations', href: '/operations' }] } satisfies RouteHandle,
            lazy: async () => ({
              Component: (await import('@/features/operations/components/operations-page')).OperationsPage,
            }),
          },
          {
            path: '/checks',
            handle: { crumbs: [{ text: 'Checks', href: '/checks' }] } satisfies RouteHandle,
            lazy: async () => ({ Component: (await import('@/features/checks/components/checks-page')).ChecksPage }),
          },
          {
            path: '*',
            handle: { crumbs: [{ text: 'Not found', href: '' }] } satisfies RouteHandle,
            element: <NotFoundPage />,
          },
        ],
      },
    ],
  },
];
