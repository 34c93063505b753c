// Registers <holdfast-player>: <script type="module" src="https://host/holdfast/player.js"></script>

import { HoldfastPlayer } from './player/element.js';

export { HoldfastPlayer };

// Two pages' worth of scripts may each bring the player; the first one stays.
if (!customElements.get('holdfast-player')) customElements.define('holdfast-player', HoldfastPlayer);
