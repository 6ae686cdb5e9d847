// The lab's protocol in Go on gorilla/websocket, after its chat example: a hub, and two goroutines a client.
package main

import (
	"encoding/json"
	"flag"
	"fmt"
	"log"
	"net"
	"net/http"

	"github.com/gorilla/websocket"
)

const queueLength = 4096 // messages that may wait for one client; more drop it

type client struct {
	socket *websocket.Conn
	queue  chan []byte
	name   string
}

type event struct {
	from *client
	text []byte // nil: the socket has gone
}

type message struct {
	Type     string   `json:"type"`
	Username string   `json:"username,omitempty"`
	Users    []string `json:"users,omitempty"`
}

type hub struct {
	members []*client
	events  chan event
}

func (h *hub) broadcast(text []byte) {
	for _, member := range h.members {
		select {
		case member.queue <- text:
		default:
			member.socket.Close()
		}
	}
}

func (h *hub) announce(kind string) {
	names := make([]string, len(h.members))
	for i, member := range h.members {
		names[i] = member.name
	}
	text, _ := json.Marshal(message{Type: kind, Users: names})
	h.broadcast(text)
}

func (h *hub) find(wanted *client) int {
	for i, member := range h.members {
		if member == wanted {
			return i
		}
	}
	return -1
}

func (h *hub) forget(leaver *client) {
	if i := h.find(leaver); i >= 0 {
		h.members = append(h.members[:i], h.members[i+1:]...)
		h.announce("disconnect")
	}
}

func (h *hub) run() {
	for event := range h.events {
		if event.text == nil {
			h.forget(event.from)
			close(event.from.queue)
			continue
		}
		var said message
		if json.Unmarshal(event.text, &said) != nil {
			event.from.queue <- []byte(`{"error":"not a JSON object"}`)
			continue
		}
		switch said.Type {
		case "login":
			event.from.name = said.Username
			if h.find(event.from) < 0 {
				h.members = append(h.members, event.from)
			}
			h.announce("login")
		case "disconnect":
			h.forget(event.from)
		case "chat":
			h.broadcast(event.text)
		default:
			log.Printf("Unrecognized message type: %q", said.Type)
		}
	}
}

func (c *client) read(h *hub) {
	for {
		_, text, err := c.socket.ReadMessage()
		if err != nil {
			h.events <- event{c, nil}
			c.socket.Close()
			return
		}
		h.events <- event{c, text}
	}
}

func (c *client) write() {
	for text := range c.queue {
		if c.socket.WriteMessage(websocket.TextMessage, text) != nil {
			c.socket.Close()
		}
	}
}

func main() {
	port := flag.Int("port", 8081, "port")
	flag.Parse()
	h := &hub{events: make(chan event, 256)}
	go h.run()
	upgrader := websocket.Upgrader{CheckOrigin: func(*http.Request) bool { return true }}
	listener, err := net.Listen("tcp", fmt.Sprintf("127.0.0.1:%d", *port))
	if err != nil {
		log.Fatal(err)
	}
	fmt.Printf("listening on ws://%s\n", listener.Addr())
	log.Fatal(http.Serve(listener, http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		socket, err := upgrader.Upgrade(w, r, nil)
		if err != nil {
			return
		}
		c := &client{socket: socket, queue: make(chan []byte, queueLength)}
		go c.write()
		c.read(h)
	})))
}
