// The Mini Chat lab, solved in Go on gorilla/websocket, after its chat example: one goroutine owns the room, and every
// client has one that reads and one that writes. It is also what ci/bench measures against.
//
// Only the room's goroutine touches the members and puts broadcasts into queues, in one order for everybody: that is
// P11. The P numbers are the rules of reference-server/PROTOCOL.md.
package main

import (
	"encoding/json"
	"flag"
	"fmt"
	"log"
	"net"
	"net/http"
	"os"
	"os/signal"
	"syscall"
	"unicode/utf8"

	"github.com/gorilla/websocket"
)

const (
	queueLength     = 4096    // messages that may wait for one client; one that lets more wait is dropped
	maxMessageBytes = 2 << 20 // a text of 1 MiB and the JSON around it
	loggedBytes     = 200     // of a message that was not recognized
)

type client struct {
	socket *websocket.Conn
	queue  chan []byte
	name   string // once it has logged in
}

type event struct {
	from   *client
	text   []byte
	binary bool
	gone   bool
}

type room struct {
	members []*client // in the order of their logins
	events  chan event
}

func (c *client) tell(text []byte) {
	select {
	case c.queue <- text:
	default:
		c.socket.Close() // its reader ends, and tells the others
	}
}

// P6: the sender alone hears of its mistake, and stays connected.
func (c *client) answerError(mistake, details string) {
	text, _ := json.Marshal(map[string]string{"error": mistake, "details": details})
	c.tell(text)
}

func (r *room) broadcast(text []byte) {
	for _, member := range r.members {
		member.tell(text)
	}
}

func (r *room) announce(kind string) {
	names := make([]string, len(r.members))
	for i, member := range r.members {
		names[i] = member.name
	}
	text, _ := json.Marshal(map[string]any{"type": kind, "users": names})
	r.broadcast(text)
}

func (r *room) find(wanted *client) int {
	for i, member := range r.members {
		if member == wanted {
			return i
		}
	}
	return -1
}

// P2: a second login on a socket keeps its place.
func (r *room) login(newcomer *client, username json.RawMessage) {
	var name string
	if json.Unmarshal(username, &name) != nil || name == "" { // P9
		newcomer.answerError("A login needs a username.", `"username" must be a string that is not empty.`)
		return
	}
	newcomer.name = name
	if r.find(newcomer) < 0 {
		r.members = append(r.members, newcomer)
	}
	r.announce("login")
}

// P3: first out of the room, so that the leaver is neither named nor told.
func (r *room) forget(leaver *client) bool {
	i := r.find(leaver)
	if i < 0 {
		return false
	}
	r.members = append(r.members[:i], r.members[i+1:]...)
	r.announce("disconnect")
	return true
}

func (r *room) respond(to event) {
	// A map: Go would take a field "Type" of a struct's JSON for its "type".
	var said map[string]json.RawMessage
	if to.binary || json.Unmarshal(to.text, &said) != nil || said == nil {
		to.from.answerError("Expected one JSON object per message.", "It must be a text message that holds an object.")
		return
	}
	var kind string
	json.Unmarshal(said["type"], &kind) // no type, or one that is no string: it stays empty, and is not recognized
	switch kind {
	case "login":
		r.login(to.from, said["username"])
	case "disconnect":
		if !r.forget(to.from) {
			log.Print("disconnect from a socket that is not logged in") // P8
		}
	case "chat":
		r.broadcast(to.text) // P4: the text as it came, so no number or field can change
	default:
		log.Printf("Unrecognized message type: %.*q", loggedBytes, to.text) // P5
	}
}

func (r *room) run() {
	for event := range r.events {
		if event.gone {
			r.forget(event.from) // P7: it may have left without a disconnect
			close(event.from.queue)
		} else {
			r.respond(event)
		}
	}
}

func (c *client) read(r *room) {
	c.socket.SetReadLimit(maxMessageBytes)
	for {
		kind, text, err := c.socket.ReadMessage()
		if err == nil && kind == websocket.TextMessage && !utf8.Valid(text) { // gorilla does not look
			farewell := websocket.FormatCloseMessage(websocket.CloseInvalidFramePayloadData, "not UTF-8")
			c.socket.WriteMessage(websocket.CloseMessage, farewell)
			err = websocket.ErrCloseSent
		}
		if err != nil {
			r.events <- event{from: c, gone: true}
			c.socket.Close()
			return
		}
		r.events <- event{from: c, text: text, binary: kind == websocket.BinaryMessage}
	}
}

func (c *client) write() {
	for text := range c.queue {
		if c.socket.WriteMessage(websocket.TextMessage, text) != nil {
			c.socket.Close()
		}
	}
}

func defaultPort() string {
	for _, variable := range []string{"PORT", "WS_PORT"} {
		if port := os.Getenv(variable); port != "" {
			return port
		}
	}
	return "8081"
}

func fail(why error) {
	fmt.Fprintln(os.Stderr, "server.go:", why)
	os.Exit(2)
}

func main() {
	log.SetFlags(0)
	port := flag.String("port", defaultPort(), "0 picks a free one (default: $PORT, then $WS_PORT, then 8081)")
	flag.Parse()
	listener, err := net.Listen("tcp", net.JoinHostPort("127.0.0.1", *port))
	if err != nil {
		fail(err)
	}
	stop := make(chan os.Signal, 1)
	signal.Notify(stop, syscall.SIGINT, syscall.SIGTERM)
	go func() {
		<-stop
		os.Exit(0)
	}()
	r := &room{events: make(chan event, 256)}
	go r.run()
	upgrader := websocket.Upgrader{CheckOrigin: func(*http.Request) bool { return true }}
	fmt.Printf("listening on ws://%s\n", listener.Addr())
	fail(http.Serve(listener, http.HandlerFunc(func(w http.ResponseWriter, request *http.Request) {
		socket, err := upgrader.Upgrade(w, request, nil)
		if err != nil {
			return // the upgrader has answered
		}
		c := &client{socket: socket, queue: make(chan []byte, queueLength)}
		go c.write()
		c.read(r)
	})))
}
