import type { OrderRunner } from '../oob/oob-service.js';
import { Authenticate, type AuthenticateDependencies } from './authenticate.js';
import { OrderFlow, type OrderFlowDependencies } from './order-flow.js';
import { Sign, type SignDependencies } from './sign.js';

/** What carrying orders out works with. */
export interface OrderRunnerDependencies extends OrderFlowDependencies, AuthenticateDependencies, SignDependencies {}

/** Carries orders out, logins and signatures: from an accepted order, over the prompt and the card, to the answer. */
export function createOrderRunner(dependencies: OrderRunnerDependencies): OrderRunner {
  return async (order, progress) => {
    if (!dependencies.surfaces.available) return { status: 'failed', hintCode: 'startFailed' };
    const work = order.purpose === 'sign' ? new Sign(dependencies, order) : new Authenticate(dependencies, order);
    return await new OrderFlow(dependencies, order, progress, work).run();
  };
}
