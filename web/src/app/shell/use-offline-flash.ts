import { useEffect } from 'react';
import { dismissFlash, showFlash } from '@/lib/flashes';

const ID = 'offline';

function update(): void {
  if (navigator.onLine) {
    dismissFlash(ID);
    return;
  }
  showFlash({
    id: ID,
    type: 'warning',
    header: 'You are offline',
    content: 'What you see may be old. Nothing is lost; carry on when the connection is back.',
    fixed: true,
  });
}

export function useOfflineFlash(): void {
  useEffect(() => {
    update();
    window.addEventListener('online', update);
    window.addEventListener('offline', update);
    return () => {
      window.removeEventListener('online', update);
      window.removeEventListener('offline', update);
    };
  }, []);
}
