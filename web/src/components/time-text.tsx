import { ago, fullTime, isoTime } from '@/lib/times';

/** When something happened: how long ago, with the exact time on hover. */
export function TimeText({ at }: { at: number }) {
  return (
    <time dateTime={isoTime(at)} title={fullTime(at)}>
      {ago(at)}
    </time>
  );
}
