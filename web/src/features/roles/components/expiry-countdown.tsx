import { useEffect, useState } from 'react';
import { countdown, fullTime, nowSeconds } from '@/lib/times';

/** Counts down to the end of a set of keys, and says when they ended. */
export function ExpiryCountdown({ until }: { until: number }) {
  const [left, setLeft] = useState(() => until - nowSeconds());
  useEffect(() => {
    const timer = setInterval(() => setLeft(until - nowSeconds()), 1000);
    return () => clearInterval(timer);
  }, [until]);
  if (left <= 0) return <strong>These keys have expired. Copy new ones.</strong>;
  return (
    <>
      They expire in{' '}
      <strong role="timer" title={fullTime(until)}>
        {countdown(left)}
      </strong>
      .
    </>
  );
}
