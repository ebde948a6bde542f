import AppLayout from '@cloudscape-design/components/app-layout';
import BreadcrumbGroup from '@cloudscape-design/components/breadcrumb-group';
import { Suspense, useEffect, useRef, useState } from 'react';
import { Outlet, useLocation, useMatches, useNavigate } from 'react-router';
import { useProfile } from '@/api/queries/user-profile';
import { siteOf } from '@/api/site';
import type { RouteHandle } from '@/app/route-handle';
import { FlashMessages } from '@/app/shell/flash-messages';
import { LaptopNote } from '@/app/shell/laptop-note';
import { Navigation } from '@/app/shell/navigation';
import { TopBar } from '@/app/shell/top-bar';
import { useOfflineFlash } from '@/app/shell/use-offline-flash';
import { Loading } from '@/components/loading';
import { leaveFlashesBehind } from '@/lib/flashes';

const ROOT = { text: 'Roles', href: '/' };

/** A new page is announced by moving the focus to it, as a full page load would. */
function useFocusOnNewPage(content: React.RefObject<HTMLDivElement | null>): void {
  const { pathname } = useLocation();
  const shown = useRef(pathname);
  useEffect(() => {
    if (shown.current === pathname) return;
    shown.current = pathname;
    leaveFlashesBehind();
    content.current?.focus({ preventScroll: true });
    window.scrollTo(0, 0);
  }, [pathname, content]);
}

export function Shell() {
  const profile = useProfile();
  const navigate = useNavigate();
  const [open, setOpen] = useState(() => window.matchMedia('(min-width: 1100px)').matches);
  const content = useRef<HTMLDivElement>(null);
  const handle = useMatches().at(-1)?.handle as RouteHandle | undefined;
  useFocusOnNewPage(content);
  useOfflineFlash();
  return (
    <>
      <a
        className="skip-link"
        href="#content"
        onClick={(event) => {
          event.preventDefault();
          content.current?.focus();
        }}
      >
        Skip to the content
      </a>
      <div id="top">
        <TopBar profile={profile} />
        {siteOf(profile).laptop && <LaptopNote />}
      </div>
      <AppLayout
        headerSelector="#top"
        contentType={handle?.contentType ?? 'default'}
        navigation={<Navigation profile={profile} />}
        navigationOpen={open}
        navigationWidth={240}
        onNavigationChange={({ detail }) => setOpen(detail.open)}
        toolsHide
        ariaLabels={{
          navigation: 'Pages',
          navigationToggle: 'Show pages',
          navigationClose: 'Hide pages',
          notifications: 'Messages',
        }}
        notifications={<FlashMessages />}
        stickyNotifications
        breadcrumbs={
          handle !== undefined && handle.crumbs.length > 0 ? (
            <BreadcrumbGroup
              items={[ROOT, ...handle.crumbs]}
              onFollow={(event) => {
                event.preventDefault();
                if (event.detail.href !== '') void navigate(event.detail.href);
              }}
            />
          ) : undefined
        }
        content={
          <div id="content" ref={content} tabIndex={-1}>
            <Suspense fallback={<Loading what="the page" />}>
              <Outlet />
            </Suspense>
          </div>
        }
      />
    </>
  );
}
