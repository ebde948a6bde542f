import { screen } from '@testing-library/react';
import { describe, expect, it } from 'vitest';
import type { Simulated } from '@/api/types';
import { expectAccessible } from '@/testing/accessible';
import { ROLE_ARN } from '@/testing/data';
import { renderApp } from '@/testing/render-app';
import { stage } from '@/testing/requests';
import { http, refusal, server } from '@/testing/server';

function needs(part: Partial<Simulated['changes'][number]> = {}): Simulated {
  return {
    changes: [
      {
        change_type: 'inline_policy',
        target_arn: ROLE_ARN,
        known: true,
        rules: [
          { name: 'owners', about: 'yes', asks: true },
          { name: 'production', about: 'no', asks: false },
          { name: 'later', about: 'yes', asks: false },
        ],
        stages: [stage({ rule: 'owners', approvers: ['the owner of the role'] })],
        by_rule: false,
        by_rule_reason: '',
        ends_within_hours: 8,
        ...part,
      },
    ],
    decide_within_hours: 72,
    reason_required: true,
  };
}

function answer(simulated: Simulated): unknown[] {
  const sent: unknown[] = [];
  server.use(
    http.post('/api/v2/approval_rules/simulate', async ({ request, response }) => {
      sent.push(await request.json());
      return response(200).json(simulated);
    }),
  );
  return sent;
}

async function look(target: string) {
  const app = renderApp('/requests/rules');
  await app.user.type(await screen.findByRole('textbox', { name: 'Of what' }), target);
  await app.user.click(screen.getByRole('button', { name: 'Look' }));
  return app;
}

describe('who must approve', () => {
  it('is said before anybody asks, with the rules that want it', async () => {
    const sent = answer(needs());
    await look(ROLE_ARN);
    expect(await screen.findByText('the owner of the role')).toBeDefined();
    expect(screen.getByText('Rule “owners” is about it')).toBeDefined();
    expect(screen.getByText('Rule “production” is not about it')).toBeDefined();
    expect(screen.getByText('Rule “later” is about it, but an earlier one decides')).toBeDefined();
    expect(screen.getByText(/It may live for 8 hours at most. A reason must be given./)).toBeDefined();
    expect(sent).toEqual([
      { changes: [{ change_type: 'inline_policy', target_arn: ROLE_ARN, until: null, findings: [] }] },
    ]);
    await expectAccessible();
  });

  it('may be nobody', async () => {
    answer(needs({ by_rule: true, by_rule_reason: 'It only reads.', rules: [], known: false }));
    await look(ROLE_ARN);
    expect(await screen.findByText('Nobody: a rule approves it. It only reads.')).toBeDefined();
    expect(screen.getByText(/The directory does not know the account/)).toBeDefined();
  });

  it('is not asked about what is no ARN', async () => {
    const sent = answer(needs());
    await look('bucket');
    expect(await screen.findByText('This is not an ARN.')).toBeDefined();
    expect(sent).toEqual([]);
  });

  it('says why the service does not tell', async () => {
    server.use(
      http.post('/api/v2/approval_rules/simulate', ({ response }) =>
        response.untyped(refusal(403, 'Only administrators ask about others.')),
      ),
    );
    await look(ROLE_ARN);
    expect(await screen.findByText('Only administrators ask about others.')).toBeDefined();
  });
});
