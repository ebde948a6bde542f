import { useQueryClient } from '@tanstack/react-query';
import { useEffect } from 'react';
import { fetchSession, sessionQuery, type SignedIn } from '@/api/queries/session';
import { endedSession } from '@/lib/ended-session';

const PAUSE = 60_000;

/**
 * While somebody works here their session is renewed in time: a key or a click in the second half of its life asks for it.
 * A page that is only open asks for nothing, so a session that nobody uses ends.
 */
export function SessionRenewal({ session }: { session: SignedIn }) {
  const client = useQueryClient();
  useEffect(() => {
    let due = session.readAt + Math.max((session.left * 1000) / 2, PAUSE);
    const renew = async () => {
      const state = await fetchSession(window.location.href);
      if (state.signedIn) client.setQueryData(sessionQuery(window.location.href).queryKey, state);
      else endedSession.set({ redirectUrl: state.redirectUrl });
    };
    const onWork = () => {
      if (Date.now() < due) return;
      due = Date.now() + PAUSE;
      // An outage shows by itself with the next call that matters.
      renew().catch(() => undefined);
    };
    window.addEventListener('pointerdown', onWork);
    window.addEventListener('keydown', onWork);
    return () => {
      window.removeEventListener('pointerdown', onWork);
      window.removeEventListener('keydown', onWork);
    };
  }, [session, client]);
  return null;
}
