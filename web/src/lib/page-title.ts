import { useEffect } from 'react';

export const PRODUCT = 'ConsoleMe';

export function usePageTitle(title: string): void {
  useEffect(() => {
    document.title = `${title} · ${PRODUCT}`;
  }, [title]);
}
