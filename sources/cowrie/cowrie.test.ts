import { checkSamples } from '../testing/check-samples.ts';
import { samples } from './samples.ts';

checkSamples('cowrie', samples);
