import createWrapper, { type ButtonDropdownWrapper } from '@cloudscape-design/components/test-utils/dom';
import { render, waitFor } from '@testing-library/react';
import userEvent, { type UserEvent } from '@testing-library/user-event';
import type { QueryClient } from '@tanstack/react-query';
import type { ReactNode } from 'react';
import { createMemoryRouter } from 'react-router';
import { App } from '@/app/app';
import { routes } from '@/app/routes';
import { LeaveContext } from '@/lib/leave';
import { createQueryClient } from '@/lib/query-client';

export interface RunningApp {
  user: UserEvent;
  client: QueryClient;
  /** Addresses outside the page that it went to. */
  left: string[];
  /** The path and query that the page is at. */
  at: () => string;
}

/** The whole page at a path, as a browser has it, but for the network and for other sites. */
export function renderApp(path = '/'): RunningApp {
  const left: string[] = [];
  const client = createQueryClient({ retries: 0 });
  const router = createMemoryRouter(routes, { initialEntries: [path] });
  const user = userEvent.setup();
  render(
    <LeaveContext value={(address) => left.push(address)}>
      <App client={client} router={router} />
    </LeaveContext>,
  );
  return {
    user,
    client,
    left,
    at: () => `${router.state.location.pathname}${router.state.location.search}`,
  };
}

/** One component by itself at `/`; a link out of it ends on a page that says where. */
export function renderAlone(element: ReactNode): Pick<RunningApp, 'user' | 'at'> {
  const router = createMemoryRouter([
    { path: '/', element },
    { path: '*', element: <p>Another page</p> },
  ]);
  const user = userEvent.setup();
  render(<App client={createQueryClient({ retries: 0 })} router={router} />);
  return { user, at: () => `${router.state.location.pathname}${router.state.location.search}` };
}

/** A menu at the top; the bar draws each of them twice to measure it, so a search by name finds two. */
export async function topMenu(position: 1 | 2): Promise<ButtonDropdownWrapper> {
  const menu = await waitFor(() => {
    const found = createWrapper().findTopNavigation()?.findUtility(position)?.findMenuDropdownType();
    if (!found) throw new Error('The bar at the top is not there yet.');
    return found;
  });
  menu.openDropdown();
  return menu;
}

export function elementOf(wrapper: { getElement: () => HTMLElement } | null | undefined): HTMLElement {
  if (!wrapper) throw new Error('It is not on the page.');
  return wrapper.getElement();
}
