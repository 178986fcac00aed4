// Package renamed does not have the name of its folder.
package renamed

type Server struct {
	Name string
	next *Server
}

func (s *Server) Next() *Server { return s.next }
func (s Server) String() string { return s.Name }
func (s *Server) hidden()       {}

func New(name string) *Server {
	s := &Server{Name: name}
	s.hidden()
	s.next = s
	return s
}
