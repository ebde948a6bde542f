import { Navigate, useLocation } from 'react-router';
import { wantedPath } from '@/lib/urls';

/** Whoever is signed in has nothing to do on the sign-in page. */
export function AfterSignIn() {
  const { pathname, search } = useLocation();
  return <Navigate to={wantedPath(`${pathname}${search}`)} replace />;
}
