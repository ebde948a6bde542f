import { createContext, useContext } from 'react';

/** Leaves this page for another address. A context, because a test has no other page to go to. */
export type Leave = (address: string) => void;

export const LeaveContext = createContext<Leave>((address) => {
  window.location.assign(address);
});

export function useLeave(): Leave {
  return useContext(LeaveContext);
}
