# shellcheck shell=bash
# A screen of its own for the window, for the scripts beside this file, which read it with `.`: Xvfb, the window
# manager openbox, a session bus, folders that vanish, and functions to work it with real keys and clicks.
# Needs Debian's xvfb, openbox, xdotool, imagemagick and at-spi2-core.

# open_screen WIDTHxHEIGHT [maximised]: sets DISPLAY and a new home. Settings, runs and adapters of the person are not
# touched. With “maximised” the window takes the whole screen but for its title.
open_screen() {
    HOME_BEFORE=${HOME_BEFORE:-$HOME}
    ROOM=$(mktemp -d)
    DISPLAY=:$((100 + $$ % 800))
    Xvfb "$DISPLAY" -screen 0 "${1}x24" > "$ROOM/xvfb.log" 2>&1 &
    SCREEN_PID=$!
    trap close_screen EXIT # also where the script is ended from outside
    export DISPLAY HOME="$ROOM/home" QT_QPA_PLATFORM=xcb XDG_RUNTIME_DIR="$ROOM/runtime"
    export XDG_CONFIG_HOME="$HOME/.config" XDG_DATA_HOME="$HOME/.local/share" XDG_CACHE_HOME="$HOME/.cache"
    mkdir -p "$XDG_CONFIG_HOME/lora-workbench" "$XDG_DATA_HOME/lora-workbench" "$XDG_RUNTIME_DIR"
    chmod 700 "$XDG_RUNTIME_DIR"
    if [ -d "$HOME_BEFORE/.local/share/lora-workbench/models" ]; then
        ln -s "$HOME_BEFORE/.local/share/lora-workbench/models" "$XDG_DATA_HOME/lora-workbench/models"
    fi
    for _ in $(seq 50); do xdotool getmouselocation > "$ROOM/mouse" 2>&1 && break; sleep 0.1; done
    if [ "$2" = maximised ]; then
        mkdir -p "$XDG_CONFIG_HOME/openbox"
        local rule='<application type="normal"><maximized>true</maximized></application>'
        sed "s|^<applications>|&$rule|" /etc/xdg/openbox/rc.xml > "$XDG_CONFIG_HOME/openbox/rc.xml"
    fi
    openbox > "$ROOM/openbox.log" 2>&1 &
    MANAGER_PID=$!
}

# settings LINE…: of the window's own file, before it is opened.
settings() { printf '%s\n' "$@" > "$XDG_CONFIG_HOME/lora-workbench/lora-workbench.conf"; }

# open_window PROGRAM [ARGUMENT…]: waits until it is in sight and takes keys.
open_window() {
    "$@" > "$ROOM/window.log" 2>&1 &
    WINDOW_PID=$!
    WINDOW=$(timeout 60 xdotool search --sync --onlyvisible --pid "$WINDOW_PID" --name Workbench | tail -1)
    xdotool windowactivate --sync "$WINDOW"
}

close_screen() {
    trap - EXIT
    kill "$WINDOW_PID" "$MANAGER_PID" 2> /dev/null
    wait "$WINDOW_PID" 2> /dev/null
    kill "$SCREEN_PID" 2> /dev/null
    rm -rf "$ROOM"
}

# picture FILE: of the whole screen.
picture() { import -window root "$1"; }
