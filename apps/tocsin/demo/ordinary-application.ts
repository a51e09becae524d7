import { EMPLOYEES, type Employee } from './cast.ts';
import type { Chance } from './chance.ts';
import { applicationLine, type DemoLine } from './demo-line.ts';

const DOCUMENTS = ['budget-2026', 'holiday-plan', 'price-list', 'onboarding', 'board-minutes'];

/** What the company's own applications report: sign-ins, documents, orders. */
export function ordinaryApplication(chance: Chance, at: number): DemoLine[] {
  const employee = chance.pick(EMPLOYEES);
  const draw = chance.between(1, 100);
  if (draw <= 40) return signIn(chance, at, employee);
  if (draw <= 80) return [readDocument(chance, at, employee)];
  const order = `order-${chance.between(10_000, 99_999)}`;
  return [
    applicationLine(at, 'orders', {
      category: 'ops',
      severity: 'info',
      action: 'order_shipped',
      outcome: 'success',
      message: `${order} shipped`,
      order,
    }),
  ];
}

function actorOf({ user }: Employee): Readonly<Record<string, string>> {
  return { type: 'user', id: user, name: user, email: `${user}@corp.example` };
}

function signIn(chance: Chance, at: number, employee: Employee): DemoLine[] {
  const base = { category: 'auth', action: 'login', actor: actorOf(employee) };
  const from = { client_ip: employee.address };
  const done = { ...base, ...from, outcome: 'success', severity: 'info', message: 'signed in' };
  const lines = [applicationLine(at, 'portal', done)];
  if (chance.happens(0.1)) {
    const failed = {
      ...base,
      ...from,
      outcome: 'failure',
      severity: 'low',
      message: 'wrong password',
    };
    lines.unshift(applicationLine(at - 7000, 'portal', failed));
  }
  return lines;
}

function readDocument(chance: Chance, at: number, employee: Employee): DemoLine {
  const document = chance.pick(DOCUMENTS);
  return applicationLine(at, 'documents', {
    category: 'storage',
    severity: 'info',
    action: 'document_read',
    outcome: 'success',
    actor: actorOf(employee),
    client_ip: employee.address,
    message: `${employee.user} read ${document}`,
    document,
  });
}
